namespace Dashtam.Jobs.Core.Queue.Acl;

/// <summary>A command of a script, as the server is asked whether a user may send it.</summary>
/// <param name="Command">Its name.</param>
/// <param name="On">The key or the channel; null: it has none.</param>
internal sealed record AclQuestion(string Command, string? On)
{
    /// <summary>
    /// What needs no key. The library asks for what opens a connection, and says what is missing; without <c>client|kill</c>, <c>wait</c> and events
    /// of the keyspace everything goes on, only later.
    /// </summary>
    private static readonly string[] Alone = ["eval", "script|load", "time", "client|unblock"];

    /// <summary>The command with its arguments: Redis looks for the keys where the command has them, and <c>BLMOVE</c> has two.</summary>
    public IReadOnlyList<string> Words => (Command, On) switch
    {
        ("blmove", { } key) => [Command, key, key, "LEFT", "RIGHT", "0"],
        ("publish", { } channel) => [Command, channel, ""],
        ("pubsub|numsub", { } channel) => ["pubsub", "numsub", channel],
        ("evalsha", { } key) => [Command, "", "1", key],
        (_, { } key) => [Command, key],
        _ => Command.Split('|'),
    };

    public override string ToString() => On is null ? Command : $"{Command} on {On}";

    /// <summary>All that a user's scripts send: each command with each kind of key, and what needs no key.</summary>
    /// <param name="user">The user as this version needs it.</param>
    /// <param name="isAsked">Says of a pattern of keys whether it is asked about.</param>
    public static IEnumerable<AclQuestion> Of(AclUser user, Predicate<string> isAsked)
    {
        var withKeys = from grant in user.Grants
                       where !grant.IsOptional
                       from command in Commands(grant)
                       from pattern in grant.Keys
                       where isAsked(pattern)
                       select new AclQuestion(command, AclPattern.Example(pattern));
        var withChannels = from command in Commands(user.Base).Intersect(["publish", "pubsub|numsub"], StringComparer.Ordinal)
                           from channel in user.Base.Channels
                           where channel != AclCommands.Master
                           select new AclQuestion(command, AclPattern.Example(channel));
        var scripts = user.Base.Keys.Where(key => isAsked(key)).Select(key => new AclQuestion("evalsha", AclPattern.Example(key)));
        var alone = Commands(user.Base).Intersect(Alone, StringComparer.Ordinal).Select(command => new AclQuestion(command, On: null));
        return withKeys.Concat(withChannels).Concat(scripts).Concat(alone).Distinct();
    }

    private static IEnumerable<string> Commands(AclGrant grant) => grant.Commands.Split(' ').Select(command => command.TrimStart('+'));
}
