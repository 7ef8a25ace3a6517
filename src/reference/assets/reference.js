// The pages of the reference: the menu and its search, the language of samples, and calls that are tried out.
import { showKeyPart } from './key.js';
import { markSections } from './menu.js';
import { onPage } from './navigation.js';
import { prepareCode } from './samples.js';
import './try-it.js';

onPage((page) => {
  prepareCode(page.main);
  showKeyPart(page.keyPart);
  markSections(page.main);
});
