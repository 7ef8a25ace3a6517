import { afterAll, it } from '@jest/globals';
import { build, newFolder, readContainer, readStages, removeFolder } from './image.js';
import { expectToServeAndStop } from './served.js';

const home = newFolder();
afterAll(() => removeFolder(home));

it('the Dockerfile’s steps, done on this machine, make a service that serves without writing anything, by npm too', async () => {
  const stages = readStages();
  const folder = await build(stages, home);
  const container = readContainer(stages.at(-1)!, folder);
  await expectToServeAndStop(container);
  await expectToServeAndStop({ ...container, command: ['npm', 'run', '--silent', 'start:prod'] });
}, 900_000);
