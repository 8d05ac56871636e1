using System.Text;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Faults.History;
using StackExchange.Redis;

namespace Dashtam.Jobs.Faults.PythonSchedules;

/// <summary>Which instant each fire was for, in the order of the fires: Redis' own journal says so.</summary>
internal sealed class FireJournal
{
    private readonly Dictionary<string, List<DateTimeOffset>> _instants = new(StringComparer.Ordinal);

    /// <summary>The instants of a recurring entry's fires.</summary>
    /// <param name="name">Its key without the prefix.</param>
    public IReadOnlyList<DateTimeOffset> Of(string name) => _instants.TryGetValue(name, out var instants) ? instants : [];

    /// <summary>Reads the append-only file: a fire pushes the job and then notes its instant.</summary>
    public static FireJournal Read(string path, QueueKeys keys)
    {
        var journal = new FireJournal();
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var parser = new JournalParser(file);
        var isPushed = false;
        while (parser.Next(out _) is { } command)
        {
            var name = Encoding.ASCII.GetString(command[0]);
            if (name.Equals("HSET", StringComparison.OrdinalIgnoreCase) && isPushed && (RedisKey)command[1] == keys.PythonEntries
                && EntryState.Parse(Encoding.UTF8.GetString(command[3]))?.LastFired is { } instant)
            {
                journal.Add(Encoding.UTF8.GetString(command[2]), instant);
            }

            isPushed = name.Equals("LPUSH", StringComparison.OrdinalIgnoreCase);
        }

        return journal;
    }

    private void Add(string name, DateTimeOffset instant)
    {
        if (!_instants.TryGetValue(name, out var instants))
        {
            _instants[name] = instants = [];
        }

        instants.Add(instant);
    }
}
