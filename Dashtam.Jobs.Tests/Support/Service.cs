using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A scheduler or worker that a test watches: its log and its health.</summary>
internal abstract class Service(int httpPort) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60); // a busy machine takes half of it to start one
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<JsonElement> _events = []; // of the first _parsed lines
    private int _parsed;

    public int HttpPort { get; } = httpPort;

    /// <summary>What it wrote, line by line, of a process both streams.</summary>
    public IReadOnlyCollection<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Its lines that are JSON objects. Each is parsed once: tests ask for them twenty times a second.</summary>
    public IReadOnlyCollection<JsonElement> Events
    {
        get
        {
            lock (_lock)
            {
                for (; _parsed < _lines.Count; _parsed++)
                {
                    if (_lines[_parsed].StartsWith('{') && Parse(_lines[_parsed]) is { } line)
                    {
                        _events.Add(line);
                    }
                }

                return [.. _events];
            }
        }
    }

    /// <summary>Whether another process writes into the same pipe, so that a line may be torn.</summary>
    protected virtual bool MayMixLines => false;

    /// <summary>Waits until something holds; fails with the process' log when it does not in time.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds, string what, TimeSpan? limit = null)
    {
        var patience = Stopwatch.StartNew();
        while (!await holds())
        {
            if (patience.Elapsed > (limit ?? Patience))
            {
                Assert.Fail($"Not within {limit ?? Patience}: {what}. Its log:\n{string.Join('\n', WhatMatters())}");
            }

            await Task.Delay(50);
        }
    }

    public Task UntilLoggedAsync(string eventName, TimeSpan? limit = null) => UntilAsync(
        () => Task.FromResult(Count(eventName) > 0), $"a line with the event {eventName}", limit);

    public Task UntilReadyAsync() => UntilAsync(async () => await ReadinessAsync() == 200, "ready");

    public int Count(string eventName) =>
        Events.Count(line => line.GetProperty("event").GetString() == eventName);

    /// <summary>The status of <c>/health/ready</c>; 0 without an answer.</summary>
    public Task<int> ReadinessAsync() => StatusAsync("ready");

    /// <summary>The status of <c>/health/live</c>; 0 without an answer.</summary>
    public Task<int> LivenessAsync() => StatusAsync("live");

    private async Task<int> StatusAsync(string page)
    {
        try
        {
            var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{HttpPort}/health/{page}");
            using var response = await Http.GetAsync(new Uri(url));
            return (int)response.StatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return 0;
        }
    }

    /// <summary>What <c>/health/ready</c> says; empty without an answer.</summary>
    public async Task<string> HealthAsync()
    {
        try
        {
            var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{HttpPort}/health/ready");
            using var response = await Http.GetAsync(new Uri(url));
            return await response.Content.ReadAsStringAsync();
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return "";
        }
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Adds a line to its log.</summary>
    protected void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            _lines.Add(line);
        }
    }

    private JsonElement? Parse(string line)
    {
        try
        {
            return JsonElement.Parse(line);
        }
        catch (JsonException) when (MayMixLines)
        {
            return null;
        }
    }

    /// <summary>What it last wrote, and before that its errors.</summary>
    private IEnumerable<string> WhatMatters()
    {
        var lines = Lines;
        return lines.SkipLast(60)
            .Where(line => line.Contains("\"level\":\"error\"", StringComparison.Ordinal)
                || line.Contains("\"level\":\"critical\"", StringComparison.Ordinal))
            .Take(40)
            .Concat(lines.TakeLast(60));
    }
}
