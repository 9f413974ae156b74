/// The invocation that a task works for.
public enum LambdaInvocation {
    /// The request id, in the handler's task and in those that it makes; `nil` outside of an invocation.
    ///
    /// ``JSONLogHandler`` writes it, so that a logger that knows nothing of Lambda still says which invocation a line is about.
    @TaskLocal public static var requestId: String?
}
