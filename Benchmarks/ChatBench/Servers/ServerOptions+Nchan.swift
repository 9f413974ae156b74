import Foundation
import Glibc

extension ServerOptions {
    /// nginx with nchan as the user who runs this, with everything that it writes in a folder of its own.
    func startNchan() throws -> RunningServer {
        let program = try self.peer("nchan/usr/sbin/nginx")
        let module = URL(fileURLWithPath: "\(self.peers)/nchan/usr/lib/nginx/modules/ngx_nchan_module.so").path
        guard FileManager.default.fileExists(atPath: module) else { throw NotInstalled("ngx_nchan_module.so") }
        let folder = try self.makeFolder(in: FileManager.default.temporaryDirectory.path)
        do {
            // nchan has nginx make its default folders, which scripts/bench has made relative to the prefix.
            try FileManager.default.createDirectory(atPath: "\(folder)/var/lib/nginx", withIntermediateDirectories: true)
            let port = try ClientSocket.freePort()
            let configuration = Self.configuration(port: port, module: module, folder: folder)
            try configuration.write(toFile: "\(folder)/nginx.conf", atomically: false, encoding: .utf8)
            let process = try ServerProcess(
                program, ["-p", folder, "-c", "\(folder)/nginx.conf", "-e", "\(folder)/error.log"], readiness: .port(port))
            return RunningServer(process: process, endpoint: ServerEndpoint(port: port), folder: folder)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    /// More `worker_connections` than are needed: nginx closes new ones when no more than a sixteenth is free.
    private static func configuration(port: Int, module: String, folder: String) -> String {
        return """
            load_module \(module);
            \(getuid() == 0 ? "user root;" : "")
            daemon off;
            worker_processes 1;
            worker_rlimit_nofile 20000;
            pid \(folder)/nginx.pid;
            error_log \(folder)/error.log;
            events { worker_connections 24000; }
            http {
                access_log off;
                server {
                    listen 127.0.0.1:\(port) backlog=4096;
                    location / {
                        nchan_pubsub websocket;
                        nchan_channel_id bench;
                        nchan_message_buffer_length 0;
                        nchan_store_messages off;
                        nchan_subscriber_first_message newest;
                    }
                }
            }
            """
    }
}
