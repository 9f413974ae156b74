// Puts the parts together: who is signed in decides which of the two views is there.

import { AccountView } from "./account-view.js";
import { ChatSocket } from "./chat-socket.js";
import { ChatView } from "./chat-view.js";
import { loadConfiguration } from "./configuration.js";
import { byId } from "./elements.js";
import { Session } from "./session.js";
import { UserPool } from "./user-pool.js";

async function start() {
  // Browsers have it on https: and on this machine (localhost, 127.0.0.1) alone.
  if (!globalThis.crypto?.subtle) {
    tell("Signing in needs a secure connection. Open this page over https://, or at localhost on the server's own machine.");
    return;
  }
  const configuration = await loadConfiguration(location.href);
  const userPool = new UserPool({ endpoint: configuration.userPoolEndpoint, ...configuration });
  const session = new Session({ userPool, storage: sessionStorage });
  const account = new AccountView({ userPool, session, onSignedIn: () => showChat() });

  function showChat() {
    const chat = new ChatSocket({ url: configuration.webSocketUrl, token: (options) => session.accessToken(options) });
    const view = new ChatView({ chat, user: session.user, storage: sessionStorage, onEnd: leave });
    account.hide();
    view.show();
    chat.connect();

    function leave(reason) {
      chat.close();
      session.signOut();
      view.dispose();
      account.show(reason);
    }
  }

  if (await session.restore()) showChat();
  else account.show();
}

function tell(text, canRetry = false) {
  byId("notice").hidden = false;
  byId("notice-text").textContent = text;
  byId("notice-retry").hidden = !canRetry;
}

byId("notice-retry").addEventListener("click", () => location.reload());
start().catch((error) => tell(`The chat could not be started. ${error.message}`, true));
