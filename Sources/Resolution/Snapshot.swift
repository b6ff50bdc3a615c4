// One compiled generation of the world: immutable, shared by every worker, replaced whole.
import Cloud
import DNSWire

public final class Snapshot: Sendable {
  public let generation: UInt64
  public let tables: Tables

  public init(generation: UInt64, tables: consuming Tables) {
    self.generation = generation
    self.tables = tables
  }
}
