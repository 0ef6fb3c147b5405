/** The console's first script: the page shows something while the rest is on its way. */
import './shell.css';

void import('./main');
