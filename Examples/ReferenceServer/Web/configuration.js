// What the page has to know of its server: `config.json` beside it.

/** Endpoints may be paths on the page's own server or whole URLs elsewhere, such as AWS's. */
export async function loadConfiguration(base, fetch = globalThis.fetch.bind(globalThis)) {
  const response = await fetch(new URL("config.json", base));
  if (!response.ok) throw new Error(`config.json: the server answered ${response.status}.`);
  const { userPoolId, clientId, userPoolEndpoint, webSocketPath } = await response.json();
  const webSocket = new URL(webSocketPath, base);
  webSocket.protocol = webSocket.protocol.replace("http", "ws");
  return {
    userPoolId,
    clientId,
    userPoolEndpoint: new URL(userPoolEndpoint, base).href,
    webSocketUrl: webSocket.href,
  };
}
