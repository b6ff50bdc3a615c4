// Calls that are carried out, kept as long as it takes to look at them, and taken back: for who plays requests at the
// services without a server.
import Cloud
import Resolution
import WorldFile

/// A world that is the same after each call.
package struct Rehearsal: ~Copyable {
  /// What became of a call.
  package enum Ending {
    /// With its reply, and the world as it was while the call stood, if that was another one.
    case done(reply: String, after: World?)
    case refused(code: String)
  }

  package private(set) var world: World
  private var compilation: Compilation
  private let caller: Caller

  package init(_ world: World, account: String, region: Region) {
    self.world = world
    _ = self.world.takeEffects()
    compilation = Compilation(world, generation: 1)
    caller = Caller(account: account, region: region)
  }

  /// A call of the query protocol.
  package mutating func form(_ body: [UInt8]) -> Ending {
    perform { call throws(AWSError) in
      let (service, action, form) = try QueryService.call(Form.fields(body), scope: nil)
      let result = try service.perform(action, try Parameters(form), &call)
      return service.reply(action, result, requestID: "").document
    }
  }

  /// A call of JSON 1.1.
  package mutating func json(_ target: String, _ body: [UInt8]) -> Ending {
    perform { call throws(AWSError) in
      let (service, action) = try JSONService.meant(target)
      let result = try service.perform(action, try Parameters(JSONService.fields(body)), &call)
      return JSONText.text(.mapping(result))
    }
  }

  /// A call of Route 53.
  package mutating func rest(_ method: String, path: String, query: String, _ body: [UInt8]) -> Ending {
    perform { call throws(AWSError) in
      let service = RESTService.route53
      let (route, inURI) = try service.action(method, path: path, query: query)
      let fields = inURI + (try service.fields(route.action, body: body))
      let result = try service.perform(route.action, try Parameters(fields), &call)
      return service.reply(route.action, result).document
    }
  }

  /// As the Steward does it when a commit fails.
  private mutating func perform(_ operation: (inout Call) throws(AWSError) -> String) -> Ending {
    var taken = World()
    swap(&taken, &world)
    var call = Call(
      world: taken, allocator: Allocator(), terminated: RecentlyTerminated(), caller: caller,
      now: Timestamp(milliseconds: 0), snapshot: compilation.snapshot)
    taken = World()
    let reply: String
    do throws(AWSError) {
      reply = try operation(&call)
    } catch {
      call.undo()
      (world, _, _, _) = call.end()
      // Nothing has changed; else they would grow from call to call.
      _ = world.takeEffects()
      return .refused(code: error.code)
    }
    let differences: [Difference]
    (world, _, _, differences) = call.end()
    if differences.isEmpty { return .done(reply: reply, after: nil) }
    compilation.update(world, world.takeEffects())
    let after = world
    world.restore(differences.map { ($0.id, $0.before) })
    compilation.update(world, world.takeEffects())
    return .done(reply: reply, after: after)
  }
}
