// What a user reads when something went wrong. What servers say is meant for developers.

const accountErrors = {
  NotAuthorizedException: "The user name or the password is wrong.",
  UserNotFoundException: "The user name or the password is wrong.",
  UsernameExistsException: "This user name is taken.",
  CodeMismatchException: "This is not the code. Look again, or ask for another one.",
  ExpiredCodeException: "This code does not hold any more. Ask for another one.",
  TooManyFailedAttemptsException: "Too many wrong codes. Ask for another one.",
  CodeDeliveryFailureException: "The code could not be delivered. Try again later.",
  LimitExceededException: "Too many tries. Wait a while and try again.",
  TooManyRequestsException: "Too many tries. Wait a while and try again.",
  NetworkError: "The server cannot be reached. Check your connection and try again.",
  InternalErrorException: "Something went wrong on the server. Try again later.",
};

const chatErrors = {
  messageTooLong: "The message is too long.",
  notInRoom: "You are not in this room any more.",
  invalidRoom: "A room cannot have this name.",
  tooManyRooms: "You are in as many rooms as you can be. Leave one first.",
  unavailable: "The server is busy.",
  internalError: "Something went wrong on the server.",
  outboxFull: "Too many messages are waiting.",
  closed: "The chat was closed.",
};

export function describeAccountError(error) {
  // The pool's own words say which rule a password or a name breaks.
  return accountErrors[error.name] ?? error.message.replace(/^Password did not conform with policy: /, "");
}

export function describeChatError(error) {
  return chatErrors[error.code] ?? "The message was not sent.";
}
