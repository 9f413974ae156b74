extension String {
    var bytes: [UInt8] { Array(self.utf8) }
}

extension [UInt8] {
    var text: String { String(decoding: self, as: UTF8.self) }
}
