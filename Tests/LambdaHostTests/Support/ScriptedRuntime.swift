import Foundation
import LambdaHost

/// A runtime in Python, told what to do by its events: written with nothing but Python's own HTTP client.
enum ScriptedRuntime {
    private static let script = #"""
        import http.client, json, os, signal, subprocess, sys, time
        api, mode = os.environ["AWS_LAMBDA_RUNTIME_API"], (sys.argv + [""])[1]
        base = "/2018-06-01/runtime/"
        connection = http.client.HTTPConnection(api)

        def ask(method, path, body=None, headers={}):
            connection.request(method, base + path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers

        def bare(*arguments):
            return list(ask(*arguments)[:2])

        if mode == "exit": sys.exit(int(sys.argv[2]))
        if mode == "hang": signal.pause()
        if mode == "error":
            ask("POST", "init/error", json.dumps({"errorType": "Init.Broken", "errorMessage": "no luck"}))
            signal.pause()
        if mode == "stubborn": signal.signal(signal.SIGTERM, signal.SIG_IGN)
        early = [bare("POST", "invocation/none/response", "1"), bare("GET", "nothing"), bare("GET", "init/error")] if mode == "probe" else []

        def answer(id, value, headers={}):
            return ask("POST", "invocation/" + id + "/response", value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else json.dumps(value), headers)

        while True:
            status, body, headers = ask("GET", "invocation/next")
            id, event = headers["Lambda-Runtime-Aws-Request-Id"], json.loads(body)
            do = event.get("do", "echo")
            if "print" in event: print(event["print"], flush=True)
            if do == "echo": answer(id, body)
            elif do == "pid": answer(id, os.getpid())
            elif do == "headers": answer(id, {k.lower(): v for k, v in headers.items()})
            elif do == "environment": answer(id, dict(os.environ))
            elif do == "directory": answer(id, os.getcwd())
            elif do == "error": ask("POST", "invocation/" + id + "/error", json.dumps({"errorType": event["type"], "errorMessage": event["message"], "stackTrace": []}), {"Lambda-Runtime-Function-XRay-Error-Cause": "x" * event.get("header", 0)})
            elif do == "exit": sys.stderr.write("going\n"); sys.stderr.flush(); os._exit(event["code"])
            elif do == "signal": os.kill(os.getpid(), event["signal"])
            elif do == "hang":
                child = subprocess.Popen(["sleep", "1000"])
                print("child", child.pid, flush=True)
                signal.pause()
            elif do == "wait": open(event["path"]).read(); answer(id, body)
            elif do == "big":
                answered = answer(id, b"x" * event["bytes"])
                print("answered", answered[0], answered[1].strip(), flush=True)
            elif do == "streaming":
                chunks = iter([b"a", b"b" * 70000, b"c"])
                connection.request("POST", base + "invocation/" + id + "/response", chunks, {"Lambda-Runtime-Function-Response-Mode": "streaming", "Transfer-Encoding": "chunked"}, encode_chunked=True)
                connection.getresponse().read()
            elif do == "mode": answer(id, "1", {"Lambda-Runtime-Function-Response-Mode": "other"})
            elif do == "leave": answer(id, body); os._exit(0)
            elif do == "probe":
                seen = early + [bare("POST", "init/error", "{}"), bare("POST", "invocation/other/response", "1"), bare("POST", "invocation/other/error", "1")]
                again = ask("GET", "invocation/next")
                seen.append([again[0], again[1], again[2]["Lambda-Runtime-Aws-Request-Id"] == id])
                accepted = answer(id, seen)
                print("accepted", accepted[0], accepted[1].strip(), accepted[2]["Content-Type"], flush=True)
                print("twice", *bare("POST", "invocation/" + id + "/response", "1"), flush=True)
        """#

    /// Where the script is, made once.
    static let path: String = {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("lambda-host-\(UUID().uuidString).py").path
        try! Data(script.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }()

    /// A function on it, with limits that suit a busy machine.
    static func function(
        _ arguments: String..., timeout: Duration = .seconds(60), concurrency: Int = 1, initTimeout: Duration = .seconds(60),
        queue: Int = 100
    ) -> LambdaFunctionConfiguration {
        LambdaFunctionConfiguration(
            command: ["python3", self.path] + arguments, timeout: timeout, concurrency: concurrency, initTimeout: initTimeout,
            maximumQueueLength: queue)
    }
}
