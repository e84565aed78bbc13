// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// The UID and GID of a container's user, which make its files in the project belong to the caller.
package struct ContainerUser: Hashable, Sendable {
    /// The UID.
    package let userID: UInt32
    /// The GID.
    package let groupID: UInt32
    /// A warning when the IDs do not fit the project.
    package let warning: String?

    /// The IDs of the caller. Root's are never used: then they are those of the project's owner, or of the image's user
    /// when the owner is root too. A group of root's is replaced by that of the user's own number, since the image's is
    /// another user's on the host.
    ///
    /// - Parameters:
    ///   - image: The IDs of the image's user.
    ///   - project: The project's directory.
    package init(
        caller: (userID: UInt32, groupID: UInt32), owner: (userID: UInt32, groupID: UInt32),
        image: (userID: UInt32, groupID: UInt32), project: FilePath = "."
    ) {
        let isOwned = owner.userID != 0
        let chosen = caller.userID != 0 ? caller : isOwned ? owner : image
        userID = chosen.userID
        let other = chosen == image ? image.groupID : chosen.userID
        groupID = chosen.groupID != 0 ? chosen.groupID : other
        warning =
            caller.userID == 0 && !isOwned
            ? "The project belongs to root, and the agent never runs as root: it can only read. Change the owner "
                + "(`chown -R \(image.userID):\(image.groupID) \(project.shellWord)`), or run this as an ordinary user."
            : nil
    }
}
