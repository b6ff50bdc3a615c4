// `serve --user`: root opens the sockets, and whatever is heard, read or written after that is somebody else's doing.
import ArgumentParser
import CLinux
import Glibc

/// Who the server becomes.
struct ServerUser: Sendable {
  /// As it was given.
  let text: String
  let user: uid_t
  let group: gid_t
  let groups: [gid_t]

  /// `NAME`, with all groups of that user; `NAME:GROUP`, with this one alone. Both may be numbers.
  init(argument text: String) throws {
    self.text = text
    let sides = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let entry = Self.entry(sides[0])
    guard let user = entry?.user ?? uid_t(sides[0]) else {
      throw ValidationError("--user '\(text)': there is no user \(sides[0]).")
    }
    guard user != 0 else { throw ValidationError("--user '\(text)': that is root, whom the server is to stop being.") }
    self.user = user
    if sides.count > 1 {
      guard let group = Self.group(sides[1]) else {
        throw ValidationError("--user '\(text)': there is no group \(sides[1]).")
      }
      (self.group, groups) = (group, [group])
    } else if let entry {
      (group, groups) = (entry.group, Self.groups(of: entry.name, entry.group))
    } else {
      throw ValidationError("--user '\(text)': the user has no entry that names a group; write \(sides[0]):GROUP.")
    }
  }

  /// Why the server did not become him.
  struct Failure: Error, CustomStringConvertible { let description: String }

  /// Becomes him, in this thread and all that it starts, for good.
  func become() throws(Failure) {
    guard geteuid() == 0 || (geteuid() == user && getegid() == group) else {
      throw Failure(description: "--user \(text): only root becomes another user, and this is user \(geteuid())")
    }
    guard let call = unsafe cl_become(user, group, groups, groups.count) else { return }
    throw Failure(description: "--user \(text): \(unsafe String(cString: call)): \(systemText(errno))")
  }

  // MARK: The system's lists (passwd(5), group(5))

  /// Octets of an entry; a group may have thousands of members.
  private static let entryOctets = 1 << 18
  /// The most groups that Linux gives a process (credentials(7)).
  private static let groupLimit = 65_536

  private static func entry(_ who: String) -> (name: String, user: uid_t, group: gid_t)? {
    var entry = unsafe passwd()
    var room = [CChar](repeating: 0, count: entryOctets)
    var found: UnsafeMutablePointer<passwd>?
    let status =
      if let number = uid_t(who) {
        unsafe getpwuid_r(number, &entry, &room, room.count, &found)
      } else {
        unsafe getpwnam_r(who, &entry, &room, room.count, &found)
      }
    guard status == 0, let entry = unsafe found?.pointee, let name = unsafe entry.pw_name else { return nil }
    return unsafe (String(cString: name), entry.pw_uid, entry.pw_gid)
  }

  private static func group(_ which: String) -> gid_t? {
    if let number = gid_t(which) { return number }
    var entry = unsafe Glibc.group()
    var room = [CChar](repeating: 0, count: entryOctets)
    var found: UnsafeMutablePointer<Glibc.group>?
    guard unsafe getgrnam_r(which, &entry, &room, room.count, &found) == 0 else { return nil }
    return unsafe found?.pointee.gr_gid
  }

  private static func groups(of name: String, _ group: gid_t) -> [gid_t] {
    var count = CInt(groupLimit)
    var all = [gid_t](repeating: 0, count: groupLimit)
    guard unsafe getgrouplist(name, group, &all, &count) >= 0 else { return [group] }
    return Array(all.prefix(Int(count)))
  }
}
