// A Cognito user pool's client, over JSON 1.1. The same calls reach AWS and a server of one's own.

import { SrpClient, claimTimestamp, poolName } from "./srp.js";

/** What the pool refused: `name` is its `__type` (`NotAuthorizedException`…), or `NetworkError` if it was not reached. */
export class UserPoolError extends Error {
  constructor(name, message, options) {
    super(message, options);
    this.name = name;
  }
}

export class UserPool {
  #endpoint;
  #clientId;
  #poolName;
  #fetch;
  #now;

  constructor({ endpoint, clientId, userPoolId, fetch = globalThis.fetch.bind(globalThis), now = Date.now }) {
    this.#endpoint = endpoint;
    this.#clientId = clientId;
    this.#poolName = poolName(userPoolId);
    this.#fetch = fetch;
    this.#now = now;
  }

  /** Makes a user. `isConfirmed` tells whether a code has to be entered; `destination` where it went, masked. */
  async signUp({ username, password, email }) {
    const attributes = email ? [{ Name: "email", Value: email }] : [];
    const answer = await this.#call("SignUp", { Username: username, Password: password, UserAttributes: attributes });
    return { isConfirmed: answer.UserConfirmed, destination: answer.CodeDeliveryDetails?.Destination };
  }

  async confirmSignUp({ username, code }) {
    await this.#call("ConfirmSignUp", { Username: username, ConfirmationCode: code });
  }

  async resendConfirmationCode({ username }) {
    const answer = await this.#call("ResendConfirmationCode", { Username: username });
    return { destination: answer.CodeDeliveryDetails?.Destination };
  }

  /** Signs in by SRP. The tokens are those of `AuthenticationResult`, by JavaScript's names; `expiresIn` in seconds. */
  async signIn({ username, password }) {
    const srp = new SrpClient();
    const challenge = await this.#call("InitiateAuth", {
      AuthFlow: "USER_SRP_AUTH",
      AuthParameters: { USERNAME: username, SRP_A: srp.publicValue },
    });
    this.#expect(challenge.ChallengeName, "PASSWORD_VERIFIER");
    const parameters = challenge.ChallengeParameters;
    const timestamp = claimTimestamp(new Date(this.#now()));
    const signature = await srp.claimSignature({
      poolName: this.#poolName,
      // Not what was typed: the pool may know the user by another name, and signs with that one.
      userId: parameters.USER_ID_FOR_SRP,
      password,
      salt: parameters.SALT,
      serverPublicValue: parameters.SRP_B,
      secretBlock: parameters.SECRET_BLOCK,
      timestamp,
    });
    const answer = await this.#call("RespondToAuthChallenge", {
      ChallengeName: "PASSWORD_VERIFIER",
      Session: challenge.Session,
      ChallengeResponses: {
        USERNAME: parameters.USERNAME ?? username,
        PASSWORD_CLAIM_SECRET_BLOCK: parameters.SECRET_BLOCK,
        PASSWORD_CLAIM_SIGNATURE: signature,
        TIMESTAMP: timestamp,
      },
    });
    this.#expect(answer.ChallengeName, undefined);
    return tokens(answer.AuthenticationResult);
  }

  /** New access and ID tokens. Cognito answers without a refresh token: the old one stays valid. */
  async refresh(refreshToken) {
    const answer = await this.#call("InitiateAuth", {
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: refreshToken },
    });
    return tokens(answer.AuthenticationResult);
  }

  #expect(challenge, expected) {
    if ((challenge ?? undefined) === expected) return;
    throw new UserPoolError("UnsupportedChallenge", `The user pool asks for ${challenge}, which this client cannot answer.`);
  }

  async #call(operation, parameters) {
    let response;
    let body;
    try {
      response = await this.#fetch(this.#endpoint, {
        method: "POST",
        headers: {
          "Content-Type": "application/x-amz-json-1.1",
          "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
        },
        body: JSON.stringify({ ClientId: this.#clientId, ...parameters }),
        cache: "no-store",
        credentials: "omit",
      });
      body = await response.text();
    } catch (error) {
      throw new UserPoolError("NetworkError", "The server cannot be reached.", { cause: error });
    }
    const answer = parse(body);
    if (response.ok && answer) return answer;
    // AWS may write the name as `com.amazonaws.service#Name`.
    const type = answer?.__type?.split("#").pop() || "InternalErrorException";
    throw new UserPoolError(type, answer?.message ?? answer?.Message ?? `The server answered ${response.status}.`);
  }
}

function tokens(result) {
  if (!result?.AccessToken) throw new UserPoolError("InternalErrorException", "The answer has no tokens.");
  return {
    accessToken: result.AccessToken,
    idToken: result.IdToken,
    refreshToken: result.RefreshToken,
    expiresIn: result.ExpiresIn,
  };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
