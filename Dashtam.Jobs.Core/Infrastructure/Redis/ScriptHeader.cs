using System.Globalization;
using System.Text.RegularExpressions;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>What the comment at the head of a script says of its keys and arguments.</summary>
/// <param name="Name">The script's file.</param>
/// <param name="Keys">The keys that it takes.</param>
/// <param name="Arguments">The arguments that it takes.</param>
internal sealed partial record ScriptHeader(string Name, DeclaredCount Keys, DeclaredCount Arguments)
{
    /// <summary>How a line begins that includes a part.</summary>
    public const string Include = "-- include ";

    /// <summary>Reads a script's head: <c>-- KEYS[1] …</c>; the last line of a kind may be <c>-- KEYS[5…]</c>: none or more.</summary>
    public static ScriptHeader Read(string name, string text)
    {
        var head = string.Join('\n', text.Split('\n').TakeWhile(line => line.StartsWith("--", StringComparison.Ordinal)));
        return new ScriptHeader(name, Count("KEYS", head), Count("ARGV", head));
    }

    /// <summary>What is wrong with a call; null: nothing.</summary>
    public string? Refuses(int keys, int arguments) =>
        Keys.Allows(keys) && Arguments.Allows(arguments)
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Name} declares {Keys} keys and {Arguments} arguments, and is called with {keys} and {arguments}.");

    private static DeclaredCount Count(string kind, string head)
    {
        var lines = DeclarationPattern().Matches(head).Where(line => line.Groups["kind"].Value == kind).ToList();
        var open = lines.Exists(line => line.Groups["more"].Length > 0);
        var fixedOnes = lines.Where(line => line.Groups["more"].Length == 0).ToList();
        var optional = fixedOnes.Count(line => line.Value.Contains("absent", StringComparison.Ordinal));
        return new DeclaredCount(fixedOnes.Count - optional, open ? int.MaxValue : fixedOnes.Count);
    }

    // A declaration goes on over the lines that are indented below it.
    [GeneratedRegex(@"^-- (?<kind>KEYS|ARGV)\[[0-9]+(?<more>…?)\].*(\n-- {4,}.*)*",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex DeclarationPattern();
}

/// <summary>How many keys, or arguments, a script takes.</summary>
/// <param name="Least">At least.</param>
/// <param name="Most">At most.</param>
internal readonly record struct DeclaredCount(int Least, int Most)
{
    /// <summary>Whether a call may pass this number of keys, or of arguments.</summary>
    public bool Allows(int count) => count >= Least && count <= Most;

    public override string ToString() => Most switch
    {
        int.MaxValue => string.Create(CultureInfo.InvariantCulture, $"{Least} or more"),
        _ when Least == Most => Least.ToString(CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Least} to {Most}"),
    };
}
