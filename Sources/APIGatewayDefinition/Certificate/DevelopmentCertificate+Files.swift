import FoundationEssentials

extension DevelopmentCertificate {
    /// The certificate's file in a folder.
    public static func certificateFile(in directory: String) -> String { FilePath.resolve("cert.pem", in: directory) }

    /// The key's file in a folder.
    public static func keyFile(in directory: String) -> String { FilePath.resolve("key.pem", in: directory) }

    /// The certificate that a folder has, or a new one where it has none, or none that is usable.
    ///
    /// A certificate is reused while it lasts a week or more, belongs to its key, and covers `localhost`, `127.0.0.1`, `::1`, the machine's
    /// name and `names`, and while nobody else may read the key. Files are written whole or not at all, the key's with mode 0600; two
    /// gateways that start at once wait for each other and end up with the same one.
    ///
    /// - Parameters:
    ///   - directory: made, with mode 0700, where it is missing.
    ///   - names: more host names and addresses.
    /// - Throws: ``SystemFileError`` if the folder can't be used.
    public static func load(directory: String, names: [String] = []) throws -> DevelopmentCertificate {
        try self.load(directory: directory, names: names, now: Date())
    }

    static func load(directory: String, names: [String], now: Date) throws -> DevelopmentCertificate {
        let names = ["localhost", "127.0.0.1", "::1", SystemFile.hostName()] + names
        try SystemFile.makeDirectory(directory)
        return try SystemFile.withLock(FilePath.resolve(".lock", in: directory)) {
            let certificateFile = self.certificateFile(in: directory)
            let keyFile = self.keyFile(in: directory)
            if SystemFile.isPrivate(keyFile), let certificate = try SystemFile.read(certificateFile), let key = try SystemFile.read(keyFile)
            {
                let present = DevelopmentCertificate(certificatePEM: certificate, privateKeyPEM: key)
                if present.isUsable(names: names, now: now) { return present }
            }
            let made = try self.make(names: names, now: now)
            // Two files can't be replaced at once. A stop in between leaves a pair that does not belong together, which is remade.
            try SystemFile.write(made.privateKeyPEM, to: keyFile, mode: 0o600)
            try SystemFile.write(made.certificatePEM, to: certificateFile, mode: 0o644)
            return made
        }
    }
}
