using Dashtam.Jobs.Core.PythonSchedules;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>Entries in memory, by the clock of the test.</summary>
internal sealed class FakePythonScheduleStore(TimeProvider time) : IPythonScheduleStore
{
    private readonly Dictionary<string, (string State, DateTimeOffset Due)> _known = new(StringComparer.Ordinal);
    private readonly HashSet<(string, OddEntry)> _named = [];

    public Dictionary<string, byte[]> Entries { get; } = new(StringComparer.Ordinal);

    public List<PythonFire> Fired { get; } = [];

    public List<string> Named { get; } = [];

    public int Reads { get; private set; }

    /// <summary>Whether something is known of every entry, whichever it is.</summary>
    public bool KnowsAll { get; init; }

    /// <summary>How often it was asked when the next entry is due.</summary>
    public int Asked { get; private set; }

    /// <summary>How often it was asked for Redis' time.</summary>
    public int Clocks { get; private set; }

    /// <summary>Happens between the read of an entry and its fire.</summary>
    public Action BeforeFire { get; set; } = () => { };

    public EntryState? State(string name) => EntryState.Parse(_known.GetValueOrDefault(name).State);

    public Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken)
    {
        Clocks++;
        return Task.FromResult(time.GetUtcNow());
    }

    public Task<DateTimeOffset?> NextAsync(CancellationToken cancellationToken)
    {
        Asked++;
        return Task.FromResult(_known.Count == 0 ? default(DateTimeOffset?) : _known.Values.Min(entry => entry.Due));
    }

    public Task<IReadOnlyList<string>> DueAsync(DateTimeOffset now, int most, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(
            [.. _known.Where(entry => entry.Value.Due <= now).OrderBy(entry => entry.Value.Due).Take(most).Select(entry => entry.Key)]);

    public Task<IReadOnlyList<string?>> StatesAsync(IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string?>>([.. names.Select(name => KnowsAll ? name : _known.GetValueOrDefault(name).State)]);

    public Task<IReadOnlyList<StoredEntry>> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        Reads += names.Count;
        return Task.FromResult<IReadOnlyList<StoredEntry>>([.. names.Select(name => new StoredEntry(
            name, Entries.GetValueOrDefault(name), _known.GetValueOrDefault(name).State,
            ScheduleSource.Twin(name) is { } twin ? Entries.GetValueOrDefault(twin) : null))]);
    }

    public Task<bool> FitsAsync(string name, EntryMark mark, CancellationToken cancellationToken) =>
        Task.FromResult(Entries.TryGetValue(name, out var bytes) && EntryMark.Of(bytes) == mark);

    public Task<bool> IndexAsync(StoredEntry entry, EntryState state, DateTimeOffset due, CancellationToken cancellationToken)
    {
        var isSame = IsAsRead(entry);
        if (isSame)
        {
            _known[entry.Name] = (state.ToString(), due);
        }

        return Task.FromResult(isSame);
    }

    public Task<PythonFireCode> FireAsync(PythonFire fire, CancellationToken cancellationToken)
    {
        BeforeFire();
        if (_known.GetValueOrDefault(fire.Entry.Name).State != fire.Entry.State)
        {
            return Task.FromResult(PythonFireCode.AlreadyFired);
        }

        if (!IsAsRead(fire.Entry))
        {
            return Task.FromResult(PythonFireCode.Changed);
        }

        Fired.Add(fire);
        if (fire.After is { } after)
        {
            _known[fire.Entry.Name] = (after.ToString(), fire.Next);
        }
        else
        {
            _known.Remove(fire.Entry.Name);
            Entries.Remove(fire.Entry.Name);
        }

        return Task.FromResult(PythonFireCode.Fired);
    }

    public Task<bool> ForgetAsync(StoredEntry entry, CancellationToken cancellationToken) =>
        Task.FromResult(_known.Remove(entry.Name));

    public Task<bool> NameAsync(StoredEntry entry, OddEntry odd, CancellationToken cancellationToken)
    {
        var isNew = _named.Add((entry.Name, odd));
        if (isNew)
        {
            Named.Add(entry.Name);
        }

        return Task.FromResult(isNew);
    }

    private bool IsAsRead(StoredEntry entry) =>
        _known.GetValueOrDefault(entry.Name).State == entry.State
        && Entries.TryGetValue(entry.Name, out var bytes) && entry.Bytes is not null && bytes.AsSpan().SequenceEqual(entry.Bytes);
}
