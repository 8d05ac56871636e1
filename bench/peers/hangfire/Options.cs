using System.Globalization;
using Hangfire.Redis.StackExchange;
using StackExchange.Redis;

namespace Hangfire.Peer;

/// <summary>What a verb is told.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public DateTimeOffset Started { get; } = DateTimeOffset.UtcNow;

    public int Concurrency => Number("concurrency", 10);

    public int Count => Number("count", 0);

    public int First => Number("first", 0);

    public int InMs => Number("in-ms", 0);

    public int PayloadBytes => Number("payload-bytes", 0);

    public int Schedules => Number("schedules", 0);

    public int SleepMs => Number("sleep-ms", 0);

    public double Rate => double.Parse(_values["rate"], CultureInfo.InvariantCulture);

    public string Record => _values["record"];

    public string Enqueued => _values["enqueued"];

    public static Options Parse(ReadOnlySpan<string> arguments)
    {
        var options = new Options();
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            options._values.Add(arguments[i].TrimStart('-'), arguments[i + 1]);
        }

        return options;
    }

    /// <summary>Connects Hangfire to the Redis it was given, with the settings that its documentation recommends.</summary>
    public void Connect()
    {
        var redis = ConnectionMultiplexer.Connect(new Uri(_values["redis"]).Authority);
        GlobalConfiguration.Configuration
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            .UseRedisStorage(redis);
    }

    private int Number(string name, int otherwise) =>
        _values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
