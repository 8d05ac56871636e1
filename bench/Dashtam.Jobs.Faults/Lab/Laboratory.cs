using System.Globalization;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Faults.History;
using Dashtam.Jobs.Faults.Planning;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>Everything that runs: Redis, workers, schedulers, and a proxy before each of them.</summary>
internal sealed class Laboratory : IAsyncDisposable
{
    private static readonly string[] Worker = ["Dashtam.Jobs.Worker.dll"];
    private static readonly string[] Scheduler = ["Dashtam.Jobs.Faults.dll", SteppedScheduler.Verb];

    private readonly string _folder;
    private readonly LabSettings _settings;
    private readonly Action<HistoryEvent> _onLine;

    /// <param name="folder">Where everything is kept.</param>
    /// <param name="settings">How the processes are set.</param>
    /// <param name="history">What is told of them.</param>
    /// <param name="onLine">Called with each line of a log that the history keeps.</param>
    public Laboratory(string folder, LabSettings settings, HistoryRecorder history, Action<HistoryEvent> onLine)
    {
        (_folder, _settings, History, _onLine) = (folder, settings, history, onLine);
        Redis = new RedisServer(Path.Combine(folder, "redis"), history, settings.KeepsJournal);
        ProducerProxy = new TcpProxy(Redis.Port);
        Slots =
        [
            .. FaultMix.Workers.Select(name => Slot(name, Worker)),
            .. FaultMix.Schedulers.Select(name => Slot(name, Scheduler)),
        ];
    }

    public static QueueOptions QueueOptions { get; } = new();

    public HistoryRecorder History { get; }

    public RedisServer Redis { get; }

    public TcpProxy ProducerProxy { get; }

    /// <summary>The first queue's: schedules fire into it.</summary>
    public QueueKeys Keys => Queues[0];

    /// <summary>The keys of all queues that the workers serve.</summary>
    public IReadOnlyList<QueueKeys> Queues => field ??= [.. _settings.QueueNames.Select(name => new QueueKeys(name, QueueOptions))];

    public IReadOnlyList<ServiceSlot> Slots { get; }

    public IEnumerable<ServiceSlot> Workers => Slots.Where(slot => slot.IsWorker);

    public IEnumerable<ServiceSlot> Schedulers => Slots.Where(slot => !slot.IsWorker);

    public async Task StartAsync()
    {
        var sample = Path.Combine(_folder, $"dashtam-jobs-{Environment.UserName}-6381.db");
        await SampleDatabase.CreateAsync(sample, TimeProvider.System.GetUtcNow(), CancellationToken.None);
        await Redis.StartAsync();
        foreach (var slot in Slots)
        {
            slot.Start();
        }
    }

    public TcpProxy ProxyOf(string target) => target == FaultMix.Producer ? ProducerProxy : SlotOf(target).Proxy;

    public ServiceSlot SlotOf(string target) => Slots.First(slot => slot.Name == target);

    /// <summary>
    /// The process behind a client's name in Redis, <c>dashtam-jobs-{pid}-…</c>; null: not one of ours.
    /// </summary>
    public string? ProcessOf(string clientName)
    {
        var parts = clientName.Split('-');
        return parts.Length > 2 && int.TryParse(parts[2], CultureInfo.InvariantCulture, out var id)
            ? Slots.FirstOrDefault(slot => slot.ProcessId == id)?.Name ?? FaultMix.Producer
            : null;
    }

    /// <summary>How many jobs are ready.</summary>
    public Task<long> ReadyAsync() =>
        Redis.Reader.ReadAsync("the length of the ready list", () => Redis.Database.ListLengthAsync(Keys.Ready));

    /// <summary>Sets a scheduler's clock off by this much; zero sets it right.</summary>
    public async Task StepClockAsync(string target, TimeSpan by)
    {
        // The process reads the file all the time: it must never find it half written.
        var draft = $"{ClockFile(target)}.new";
        await File.WriteAllTextAsync(draft, by.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        File.Move(draft, ClockFile(target), overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in Slots)
        {
            await slot.DisposeAsync();
        }

        await ProducerProxy.DisposeAsync();
        await Redis.DisposeAsync();
    }

    private ServiceSlot Slot(string name, string[] program)
    {
        var proxy = new TcpProxy(Redis.Port);
        var environment = _settings.Environment(proxy.Port, _folder);
        environment[SteppedScheduler.ClockFile] = ClockFile(name);
        if (FaultMix.Schedulers.Contains(name, StringComparer.Ordinal))
        {
            environment["DOTNET_GCgen0size"] = LabSettings.SchedulerGeneration;
        }

        return new ServiceSlot(new SlotPlan(name, program, BuildsOf(name), environment, _folder), proxy, History, _onLine);
    }

    // Both builds run from the beginning, and each restart of a process is an upgrade or a roll-back of it.
    private IReadOnlyList<string> BuildsOf(string slot) => _settings.OtherBuild is not { } other ? [AppContext.BaseDirectory]
        : slot.EndsWith('1') ? [other, AppContext.BaseDirectory]
        : [AppContext.BaseDirectory, other];

    private string ClockFile(string target) => Path.Combine(_folder, $"{target}.clock");
}
