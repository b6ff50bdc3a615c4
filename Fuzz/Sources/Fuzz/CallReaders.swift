// What callers of the API send: a form, and Route 53's XML. Each is carried out as far as it goes, and taken back.
@testable import Cloud
@testable import ControlPlane
import DNSWire
import Resolution

/// A small cloud that calls are made to.
private enum Rehearsal {
  static let world: World = {
    var world = sample
    _ = world.takeEffects()
    return world
  }()
  static let caller = Caller(account: "123456789012", region: .usEast1)
  static let snapshot = Compiler.compile(world, generation: 1)

  /// What a call did is taken back whole.
  static func perform(_ operation: (inout Call) throws(AWSError) -> Void) {
    let before = world.resourceCounts
    var call = Call(
      world: world, allocator: Allocator(), terminated: RecentlyTerminated(), caller: caller,
      now: Timestamp(milliseconds: 0), snapshot: snapshot)
    do throws(AWSError) {
      try operation(&call)
    } catch {
      demand(!error.code.isEmpty, "refused without a code")
    }
    call.undo()
    let (after, _, _, _) = call.end()
    demand(after.resourceCounts == before, "a call that is taken back leaves something")
  }
}

extension World {
  fileprivate var resourceCounts: [Int] {
    [vpcs.count, subnets.count, instances.count, securityGroups.count, routeTables.count, hostedZones.count]
  }
}

enum FormReader: Reader {
  static let name = "form"

  static func read(_ octets: [UInt8]) {
    Rehearsal.perform { call throws(AWSError) in
      var fields = try Form.fields(octets)
      guard let action = fields.first(where: { $0.name == "Action" })?.value,
        let service = QueryService.meant(version: fields.first { $0.name == "Version" }?.value, scope: nil)
      else { return }
      fields.removeAll { ["Action", "Version"].contains($0.name) }
      let result = try service.perform(action, try Parameters(fields), &call)
      demand(!service.reply(action, result, requestID: "1").document.isEmpty, "no reply")
    }
  }
}

enum XMLReading: Reader {
  static let name = "xml"

  /// The first octet says which call it is.
  static func read(_ octets: [UInt8]) {
    guard let which = octets.first else { return }
    let path = which & 1 == 0 ? "/2013-04-01/hostedzone" : "/2013-04-01/hostedzone/Z1CORPINTERNAL/rrset"
    Rehearsal.perform { call throws(AWSError) in
      let service = RESTService.route53
      let (route, inURI) = try service.action("POST", path: path, query: "")
      let fields = inURI + (try service.fields(route.action, body: Array(octets.dropFirst())))
      let result = try service.perform(route.action, try Parameters(fields), &call)
      demand(!service.reply(route.action, result).document.isEmpty, "no reply")
    }
  }
}
