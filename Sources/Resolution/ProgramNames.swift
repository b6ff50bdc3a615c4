// Names that the program itself knows, such as those of the autodefined domains.
import DNSWire

/// A name from labels of the program, or from a Region's code, which is a label.
func name(_ labels: [String]) -> Name {
  Name(labels: labels.map { Array($0.utf8) }) ?? .root
}

/// `label` in front of a domain of the program.
func child(_ label: String, of domain: Name) -> Name {
  domain.prepending(name([label])) ?? domain
}
