// The readers that need the transport or the control plane.
import Readers

public let serverReaders: [any Reader.Type] = [
  StreamReader.self, ProxyReader.self, FormReader.self, XMLCallReader.self,
]
