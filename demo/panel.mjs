/** Somebody of staff at the panel, by the calls that its pages make. */
export class PanelSession {
  #cookies = new Map();

  constructor(report, origin, who) {
    this.report = report;
    this.origin = origin;
    this.who = who;
  }

  /** By the form of the sign-in page. */
  async signIn({ email, password }) {
    this.report.call(`POST /admin/login  email=${email}&password=…`);
    const response = await this.#send('POST', '/admin/login', {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ email, password }).toString(),
    });
    this.report.exchange(`${response.status}  ${response.headers.get('X-Request-Id')}`);
    this.report.equal(
      `signed in: redirected to the panel, with a session`,
      [response.status, this.#cookies.size > 0],
      [302, true],
    );
  }

  /** @param path below `/admin/api` */
  async get(path) {
    const { status, body, requestId } = await this.#json('GET', path);
    this.report.call(`GET /admin/api${path}`);
    this.report.exchange(`${status}  ${requestId}`);
    if (status !== 200) throw new Error(`GET ${path} was answered ${status}.`);
    return body;
  }

  /** An action on a record. @returns what it said */
  async act(resource, id, action, fields = {}) {
    return this.post(`/resources/${resource}/records/${id}/${action}`, fields);
  }

  async post(path, fields) {
    this.report.call(`POST /admin/api${path}  ${JSON.stringify(fields)}`);
    const { status, body, requestId } = await this.#json('POST', path, fields);
    this.report.exchange(`${status}  ${requestId}`);
    const { notice } = body;
    this.report.equal(`${this.who} is told: ${notice?.message}`, [status, notice?.type], [200, 'success']);
    return body;
  }

  async #json(method, path, fields) {
    const response = await this.#send(method, `/admin/api${path}`, {
      headers: { 'Content-Type': 'application/json' },
      ...(fields && { body: JSON.stringify(fields) }),
    });
    const requestId = response.headers.get('X-Request-Id');
    return { status: response.status, requestId, body: await response.json() };
  }

  /** As a browser does: with the cookies and the origin of the page. */
  async #send(method, path, { headers, body }) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${this.origin}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...headers, Origin: this.origin, ...(cookie && { Cookie: cookie }) },
      ...(body && { body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.#cookies.set(name, value);
    }
    return response;
  }
}
