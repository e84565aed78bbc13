// SPDX-License-Identifier: Apache-2.0

/// Which numbers the user of a container gets, so that what it writes in the project is the caller's.
package struct ContainerUser: Hashable, Sendable {
    /// The user.
    package let userID: UInt32
    /// The group.
    package let groupID: UInt32
    /// What to tell the caller, when the two will not fit the project.
    package let warning: String?

    /// The numbers of the caller. Root's are never given: then they are those of the project's owner, and the image's
    /// own where that is root too.
    ///
    /// - Parameter image: The numbers that the image's user has.
    package init(
        caller: (userID: UInt32, groupID: UInt32), owner: (userID: UInt32, groupID: UInt32),
        image: (userID: UInt32, groupID: UInt32)
    ) {
        let isOwned = owner.userID != 0
        let chosen = caller.userID != 0 ? caller : isOwned ? owner : image
        userID = chosen.userID
        groupID = chosen.groupID != 0 ? chosen.groupID : image.groupID
        warning =
            caller.userID == 0 && !isOwned
            ? "The project belongs to root, and the agent never is root: it can read here and not write. Give the directory "
                + "to somebody (`chown -R \(image.userID):\(image.groupID) .`), or run this as an ordinary user." : nil
    }
}
