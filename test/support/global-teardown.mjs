import { clearAway, folderOfRun } from './test-server.mjs';

export default async function tearDown() {
  await clearAway(folderOfRun());
}
