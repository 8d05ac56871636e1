using System.Text.RegularExpressions;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A Lua script of the code, or a part of scripts, as it stands in its file.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Text">All of it.</param>
internal sealed partial record ScriptFile(string Name, string Text)
{
    public static IReadOnlyList<ScriptFile> All { get; } = In("Dashtam.Jobs.Core");

    /// <summary>Those that are sent to Redis: no parts.</summary>
    public static IEnumerable<ScriptFile> Whole => All.Where(script => !script.IsPart);

    /// <summary>Those that change the queue while it is in use. An operator starts fsck's, and starts them again.</summary>
    public static IEnumerable<ScriptFile> OfQueue => In("Dashtam.Jobs.Core/Queue")
        .Where(script => !script.IsFsck && script.Code.Contains("KEYS[1]", StringComparison.Ordinal));

    public static ScriptFile Named(string name) => All.Single(script => script.Name == name);

    /// <summary>It has no keys of its own: other scripts include it.</summary>
    public bool IsPart => Text.StartsWith("-- Part of ", StringComparison.Ordinal);

    public bool IsFsck => Name.StartsWith("fsck_", StringComparison.Ordinal);

    /// <summary>The lines that are comments.</summary>
    public string Comments => string.Join('\n', Text.Split('\n').Where(IsComment));

    /// <summary>The other lines.</summary>
    public string Code => string.Join('\n', Text.Split('\n').Where(line => !IsComment(line)));

    /// <summary>The commands that it calls, in order and in capitals.</summary>
    public IEnumerable<string> Commands => CallPattern().Matches(Code).Select(call => call.Groups["command"].Value.ToUpperInvariant());

    public override string ToString() => Name;

    private static IReadOnlyList<ScriptFile> In(string folder) =>
        [.. Sources.Files(folder, "*.lua").Select(file => new ScriptFile(Path.GetFileName(file), File.ReadAllText(file)))];

    private static bool IsComment(string line) => line.StartsWith("--", StringComparison.Ordinal);

    [GeneratedRegex(@"redis\.p?call\('(?<command>[A-Za-z]+)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex CallPattern();
}
