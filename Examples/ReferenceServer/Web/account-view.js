// Signing in, signing up, confirming: three forms, one at a time.

import { byId } from "./elements.js";
import { describeAccountError } from "./error-text.js";

export class AccountView {
  #userPool;
  #session;
  #onSignedIn;
  #forms = { signIn: byId("sign-in-form"), signUp: byId("sign-up-form"), confirm: byId("confirm-form") };
  /** Who is about to be confirmed. The password is kept until then, so that it need not be entered twice. */
  #pending;

  constructor({ userPool, session, onSignedIn }) {
    this.#userPool = userPool;
    this.#session = session;
    this.#onSignedIn = onSignedIn;
    this.#on("signIn", () => this.#signIn({ username: byId("username").value.trim(), password: byId("password").value }));
    this.#on("signUp", () => this.#signUp());
    this.#on("confirm", () => this.#confirm());
    byId("show-sign-up").addEventListener("click", () => this.#open("signUp"));
    byId("show-sign-in").addEventListener("click", () => this.#open("signIn"));
    byId("cancel-confirm").addEventListener("click", () => this.#open("signIn"));
    byId("resend").addEventListener("click", () => this.#run("confirm", () => this.#resend()));
  }

  show(message = "") {
    byId("account").hidden = false;
    this.#open("signIn", message);
  }

  hide() {
    byId("account").hidden = true;
    this.#pending = undefined;
    for (const form of Object.values(this.#forms)) form.reset();
  }

  async #signIn(credentials) {
    try {
      await this.#session.signIn(credentials);
    } catch (error) {
      if (error.name !== "UserNotConfirmedException") throw error;
      this.#askForCode(credentials);
      return;
    }
    this.#onSignedIn();
  }

  async #signUp() {
    const credentials = { username: byId("new-username").value.trim(), password: byId("new-password").value };
    const result = await this.#userPool.signUp({ ...credentials, email: byId("new-email").value.trim() });
    if (result.isConfirmed) await this.#signIn(credentials);
    else this.#askForCode(credentials, result.destination);
  }

  async #confirm() {
    const credentials = this.#pending;
    await this.#userPool.confirmSignUp({ username: credentials.username, code: byId("confirm-code").value.trim() });
    await this.#signIn(credentials);
  }

  async #resend() {
    const { destination } = await this.#userPool.resendConfirmationCode(this.#pending);
    this.#askForCode(this.#pending, destination, "Another code is on its way.");
  }

  #askForCode(credentials, destination, message) {
    this.#pending = credentials;
    byId("confirm-hint").textContent = destination
      ? `We sent a code to ${destination}.`
      : `Enter the code that was sent to ${credentials.username}.`;
    byId("confirm-code").value = "";
    this.#open("confirm", message);
  }

  #open(name, message = "") {
    if (name !== "confirm") this.#pending = undefined;
    for (const [other, form] of Object.entries(this.#forms)) form.hidden = other !== name;
    this.#tell(name, message);
    this.#forms[name].querySelector("input").focus();
  }

  #on(name, action) {
    this.#forms[name].addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run(name, action);
    });
  }

  /** Carries out what a form asks for, once at a time, and tells there what went wrong. */
  async #run(name, action) {
    const form = this.#forms[name];
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    this.#tell(name, "");
    try {
      await action();
    } catch (error) {
      this.#tell(name, describeAccountError(error));
    } finally {
      form.ariaBusy = "false";
    }
  }

  #tell(name, message) {
    this.#forms[name].querySelector(".message").textContent = message;
  }
}
