// A link whose `#` was encoded on its way leads here, with the token in the path. It moves into the fragment at once, and works.

import { tokenIn } from './link.js';

const token = tokenIn(location.href);
if (token !== null) {
  history.replaceState(null, '', `/#token=${token}`);
  location.reload();
}
