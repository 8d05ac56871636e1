namespace Dashtam.Jobs.Tests.Support;

/// <summary>The Redis server that the whole run shares: it is never flushed, so a test takes a queue name of its own.</summary>
/// <param name="ConnectionString">In StackExchange.Redis' form.</param>
/// <param name="Description">What it is and where it came from, for a person.</param>
/// <param name="IsReal">Redis or Valkey, not the embedded Garnet.</param>
/// <param name="SupportsStreams">Knows <c>XADD</c>.</param>
/// <param name="SupportsWaitAof">Knows <c>WAITAOF</c> and has its append-only file on.</param>
internal sealed record TestRedis(
    string ConnectionString, string Description, bool IsReal, bool SupportsStreams, bool SupportsWaitAof);
