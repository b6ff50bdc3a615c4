// Resources that no answer depends on: they are kept, and nothing is asked of them but that each is there once.

extension World {
  mutating func add(_ stored: StoredResource) throws(Refusal) {
    guard storedResources[stored.key] == nil else {
      throw Refusal(
        .alreadyExists(kind: stored.key.kind.rawValue, id: stored.key.id), member: stored.key.kind.idMember)
    }
    try check(stored.details)
    storedResources[stored.key] = stored.details
  }
}

extension StoredResource.Key {
  var isMissing: Refusal { Refusal(.notFound(kind: kind.rawValue, id: id), member: kind.idMember) }
}
