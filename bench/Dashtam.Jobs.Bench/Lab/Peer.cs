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

    /// <summary>Where this program is that runs as this service.</summary>
    public string Folder { get; private init; } = AppContext.BaseDirectory;

    /// <summary>What it finds in its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What is given to the program.</summary>
    public IEnumerable<string> Arguments(string verb) =>
        [.. IsProducer(verb) ? ProducerPrefix ?? Prefix : Prefix, verb];

    /// <summary>The name of this service as it was at another commit.</summary>
    public const string BeforeName = "before";

    public bool IsOurs => Name is OursName or BeforeName;

    public bool IsCeiling => CeilingKind.Names.Contains(Name, StringComparer.Ordinal);

    /// <summary>Ourselves, or a ceiling: this program, with the runtime settings of the shipped worker.</summary>
    public static Peer OfThisProgram(string name) => OfProgram(AppContext.BaseDirectory, name, "Dashtam.Jobs.Worker");

    /// <summary>This service as it was at another commit.</summary>
    /// <param name="folder">Where this program is published as it was then (<c>bench/build-commit.sh</c>).</param>
    /// <exception cref="BenchException">It is not there.</exception>
    public static Peer Before(string folder) => File.Exists(Path.Combine(folder, "Dashtam.Jobs.Bench.dll"))
        ? OfProgram(Path.GetFullPath(folder), OursName, "Dashtam.Jobs.Worker") with { Name = BeforeName }
        : throw new BenchException($"{folder} has no Dashtam.Jobs.Bench.dll; bench/build-commit.sh makes such a folder.");

    /// <summary>The same build of this service, with the runtime settings of the shipped scheduler.</summary>
    public Peer Scheduler() => OfProgram(Folder, OursName, "Dashtam.Jobs.Scheduler") with
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

    private static Peer OfProgram(string folder, string name, string shipped)
    {
        string Built(string file) => Path.Combine(folder, file);
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
            Folder = folder,
            ProducerPrefix = Run("Dashtam.Jobs.Bench"), // a producer is somebody's own program, with the runtime's defaults
            Environment = ImmutableDictionary<string, string>.Empty.Add("DOTNET_GCgen0size", "0x2000000"), // as in deploy/Dockerfile
        };
    }
}
