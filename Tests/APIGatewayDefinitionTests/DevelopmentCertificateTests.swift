import Foundation
import Testing

@testable import APIGatewayDefinition

@Suite struct DevelopmentCertificateTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "certificate-\(UUID().uuidString)/in/here").path()

    private func load(_ names: [String] = [], at date: Date = Date()) throws -> DevelopmentCertificate {
        try DevelopmentCertificate.load(directory: self.directory, names: names, now: date)
    }

    @Test func itIsReusedWhileItIsGoodAndRemadeAfterwards() throws {
        defer { try? FileManager.default.removeItem(atPath: self.directory) }
        let first = try self.load()
        #expect(try self.load() == first)
        #expect(try self.load(at: Date().addingTimeInterval(389 * 86_400)) == first)
        let wider = try self.load(["chat.test", "10.0.0.1"])
        #expect(wider != first)
        #expect(try self.load(["CHAT.test"]) == wider)
        #expect(try self.load(at: Date().addingTimeInterval(391 * 86_400)) != wider)
    }

    @Test func theKeyIsTheOwnersAlone() throws {
        defer { try? FileManager.default.removeItem(atPath: self.directory) }
        let first = try self.load()
        let key = DevelopmentCertificate.keyFile(in: self.directory)
        let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        #expect(try self.load() != first)
    }

    @Test func halfAPairIsRemade() throws {
        defer { try? FileManager.default.removeItem(atPath: self.directory) }
        let first = try self.load()
        let other = try DevelopmentCertificate.make(names: ["localhost", "127.0.0.1", "::1", SystemFile.hostName()], now: Date())
        try SystemFile.write(other.privateKeyPEM, to: DevelopmentCertificate.keyFile(in: self.directory), mode: 0o600)
        let second = try self.load()
        #expect(second != first && second.isUsable(names: ["localhost", "::1"], now: Date()))
    }

    @Test func itsDescriptionHasNoKey() throws {
        let certificate = try DevelopmentCertificate.make(names: ["localhost"], now: Date())
        var dumped = ""
        dump(certificate, to: &dumped)
        for text in [dumped, "\(certificate)"] { #expect(!text.contains("PRIVATE KEY") && text.contains("BEGIN CERTIFICATE")) }
    }
}
