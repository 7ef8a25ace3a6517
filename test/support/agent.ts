import http from 'node:http';
import { agent as newAgent, type Request } from 'supertest';

/** Kept connections and answers that are not compressed take half the time of a small call. */
const connections = new http.Agent({ keepAlive: true });

/** supertest's agent, which keeps its cookies. */
export function agent(app: Parameters<typeof newAgent>[0]): ReturnType<typeof newAgent> {
  const browser = newAgent(app);
  void browser.use((request: Request) => void request.agent(connections)).set('Accept-Encoding', 'identity');
  return browser;
}
