import ChatClient

@main
enum ClientOnly {
    static func main() {
        let configuration = ChatClientConfiguration(url: "wss://chat.example.com/ws")
        print("a client of \(configuration.url)")
    }
}
