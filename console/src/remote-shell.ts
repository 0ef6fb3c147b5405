/** The first script of the customers' page: it shows something while the rest is on its way. */
import './shell.css';

void import('./remote-assistance');
