/** An answer to change on its way: `path` is a pattern of the end of the call's address. */
export interface Alteration {
  path: string;
  replace?: [from: string, to: string];
  dropHeader?: string;
}

/** Stands between a program and a service. */
export function alterAnswers(send: typeof fetch, alterations: Alteration[]): typeof fetch {
  return async (url, init) => {
    const response = await send(url, init);
    const { pathname } = new URL(String(url));
    const mine = alterations.filter(({ path }) => new RegExp(`${path}$`).test(pathname));
    if (mine.length === 0) return response;
    const headers = new Headers(response.headers);
    headers.delete('Content-Length');
    headers.delete('Content-Encoding');
    let text = await response.text();
    for (const { replace, dropHeader } of mine) {
      if (replace) text = text.replaceAll(...replace);
      if (dropHeader) headers.delete(dropHeader);
    }
    return new Response(text, { status: response.status, headers });
  };
}
