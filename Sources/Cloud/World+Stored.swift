// What no answer depends on: kept by kind and id.

extension World {
  mutating func add(_ stored: StoredResource) throws(Refusal) {
    guard storedResources[stored.key] == nil else {
      throw Refusal(
        .alreadyExists(kind: stored.key.kind.rawValue, id: stored.key.id), member: stored.key.kind.idMember)
    }
    storedResources[stored.key] = stored.details
  }
}
