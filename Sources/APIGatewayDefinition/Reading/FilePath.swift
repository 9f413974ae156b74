/// Paths as a file names them.
enum FilePath {
    /// `path` as it is if it begins with `/`, otherwise in `directory`.
    static func resolve(_ path: String, in directory: String) -> String {
        if path.hasPrefix("/") || directory.isEmpty { return path }
        var rest = path[...]
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        if rest.isEmpty || rest == "." { return directory }
        return directory.hasSuffix("/") ? directory + rest : directory + "/" + rest
    }
}
