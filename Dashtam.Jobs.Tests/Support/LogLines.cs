using System.Globalization;
using System.Text.Json;
using Dashtam.Jobs.Core.Logging;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A logger factory as the processes have it, whose lines a test reads back.</summary>
internal sealed class LogLines : IDisposable
{
    private readonly JsonLineFormatter _formatter = new();
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly SerilogLoggerFactory _factory;

    private readonly Action<string>? _onLine;

    /// <param name="verbosity">What is not dropped.</param>
    /// <param name="onLine">Told each line, too.</param>
    public LogLines(LogVerbosity verbosity = LogVerbosity.Info, Action<string>? onLine = null)
    {
        _onLine = onLine;
        _factory = new SerilogLoggerFactory(
            new LoggerConfiguration().LimitTo(verbosity).WriteTo.Sink(new Sink(this)).CreateLogger(), dispose: true);
    }

    public ILoggerFactory Factory => _factory;

    /// <summary>As they were written, without their line ends.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The lines of an event, or those of them that have a text as a value.</summary>
    public int Count(string eventName, string? value = null) => Lines.Count(line =>
        line.Contains($"\"event\":\"{eventName}\"", StringComparison.Ordinal)
        && (value is null || line.Contains($"\"{value}\"", StringComparison.Ordinal)));

    /// <summary>The only line, parsed.</summary>
    public JsonElement Single() => JsonElement.Parse(Lines.Single());

    public void Dispose() => _factory.Dispose();

    private void Add(LogEvent logEvent)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        _formatter.Format(logEvent, output);
        var lines = output.ToString().Split('\n')[..^1];
        lock (_lock)
        {
            _lines.AddRange(lines);
        }

        Array.ForEach(lines, line => _onLine?.Invoke(line));
    }

    // Apart from its owner, which a logger would dispose with its sinks.
    private sealed class Sink(LogLines lines) : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => lines.Add(logEvent);
    }
}
