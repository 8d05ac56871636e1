using System.Collections.Immutable;
using Dashtam.Jobs.Bench.Ceilings;

namespace Dashtam.Jobs.Bench.Lab;

/// <summary>A system under test: a program that takes the verbs of <c>bench/README.md</c>.</summary>
/// <param name="Name">Its name: <c>ours</c>, <c>bullmq</c>, <c>raw-lua</c> …</param>
/// <param name="Program">What is started.</param>
/// <param name="Prefix">What stands before the verb.</param>
internal sealed record Peer(string Name, string Program, IReadOnlyList<string> Prefix)
{
    public const string OursName = "ours";

    /// <summary>What makes it ready to run, if anything; exit code 0 says that it is.</summary>
    public string? Install { get; init; }

    /// <summary>What stands before a verb that enqueues; null: the same.</summary>
    public IReadOnlyList<string>? ProducerPrefix { get; init; }

    /// <summary>What it finds in its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What is given to the program.</summary>
    public IEnumerable<string> Arguments(string verb) =>
        [.. IsProducer(verb) ? ProducerPrefix ?? Prefix : Prefix, verb];

    public bool IsOurs => Name == OursName;

    public bool IsCeiling => CeilingKind.Names.Contains(Name, StringComparer.Ordinal);

    /// <summary>Ourselves, or a ceiling: this program, with the runtime settings of the shipped worker.</summary>
    public static Peer OfThisProgram(string name) => OfThisProgram(name, "Dashtam.Jobs.Worker");

    /// <summary>Ourselves, with the runtime settings of the shipped scheduler.</summary>
    public static Peer OurScheduler() => OfThisProgram(OursName, "Dashtam.Jobs.Scheduler") with
    {
        Environment = ImmutableDictionary<string, string>.Empty.Add("DOTNET_GCgen0size", "0x400000"), // as in deploy/Dockerfile
    };

    /// <summary>All there are; other systems are the folders of <paramref name="peersFolder"/>.</summary>
    public static IReadOnlyList<Peer> All(string peersFolder)
    {
        var peers = new List<Peer> { OfThisProgram(OursName) };
        if (Directory.Exists(peersFolder))
        {
            peers.AddRange(Directory.GetDirectories(peersFolder)
                .Where(folder => File.Exists(Path.Combine(folder, "peer")))
                .Order(StringComparer.Ordinal)
                .Select(folder => new Peer(Path.GetFileName(folder), Path.Combine(folder, "peer"), [])
                {
                    Install = Path.Combine(folder, "install.sh"),
                }));
        }

        peers.AddRange(CeilingKind.Names.Select(OfThisProgram));
        return peers;
    }

    private static bool IsProducer(string verb) => verb.StartsWith("enqueue", StringComparison.Ordinal) || verb == "schedule-at";

    private static Peer OfThisProgram(string name, string shipped)
    {
        string Built(string file) => Path.Combine(AppContext.BaseDirectory, file);
        string[] Run(string settings) =>
        [
            "exec",
            "--runtimeconfig", Built($"{settings}.runtimeconfig.json"),
            "--depsfile", Built("Dashtam.Jobs.Bench.deps.json"),
            Built("Dashtam.Jobs.Bench.dll"),
            name,
        ];
        return new Peer(name, "dotnet", Run(shipped))
        {
            ProducerPrefix = Run("Dashtam.Jobs.Bench"), // a producer is somebody's own program, with the runtime's defaults
            Environment = ImmutableDictionary<string, string>.Empty.Add("DOTNET_GCgen0size", "0x2000000"), // as in deploy/Dockerfile
        };
    }
}
