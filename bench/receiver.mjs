// The receivers of the webhooks' bench, in a process of their own: one takes all and tells its parent the type of each event, one never answers.
import { createServer } from 'node:http';

const taking = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => (text += chunk));
  request.on('end', () => {
    response.end('ok');
    if (request.url === '/told') process.send({ type: JSON.parse(text).type });
  });
});
const hanging = createServer(() => undefined);

await Promise.all([taking, hanging].map((server) => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))));
process.on('disconnect', () => process.exit());
process.send({ taking: taking.address().port, hanging: hanging.address().port });
