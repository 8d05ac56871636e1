using System.Globalization;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>A Redis that speaks TLS, with a certificate of an authority that this machine does not trust.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
[Parallelizable(ParallelScope.All)] // they wait most of the time, each on a Redis of its own
internal sealed class RedisTlsTests
{
    private TlsFiles _files = null!;
    private OwnRedis _redis = null!;
    private TestQueue _queue = null!;
    private int _port;

    [SetUp]
    public async Task SetUp()
    {
        _files = new TlsFiles();
        _port = LocalCommand.FreePort();
        _redis = await TestServices.StartOwnRedisAsync(
            "--tls-port", _port.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", _files.Certificate,
            "--tls-key-file", _files.Key, "--tls-ca-cert-file", _files.Authority, "--tls-auth-clients", "no");
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString);
    }

    [TearDown]
    public async Task TearDown()
    {
        await Disposal.DisposeAllAsync(_queue, _redis);
        _files.Dispose();
    }

    [TestCase("url")]
    [TestCase("setting")]
    [TestCase("native")]
    public async Task A_job_runs_when_the_authority_is_named_in_the(string place)
    {
        await using var worker = place switch
        {
            "url" => Start(Url($"?ssl_ca_certs={_files.Authority}")),
            "setting" => Start(Url(), ("REDIS_TLS_CA_FILE", _files.Authority)),
            _ => Start(FormattableString.Invariant($"127.0.0.1:{_port},ssl=true"), ("REDIS_TLS_CA_FILE", _files.Authority)),
        };
        await worker.UntilReadyAsync();

        await _queue.PushAsync(Canary.Envelope("encrypted"));

        await worker.UntilAsync(() => _queue.Queue.KeyExistsAsync(_queue.Keys.Result("encrypted")), "a result");
    }

    [TestCase("127.0.0.1", false)]
    [TestCase("localhost", true)] // the certificate is another host's
    public async Task A_certificate_that_is_not_trusted_is_refused(string host, bool namesAuthority)
    {
        await using var worker = Start(
            FormattableString.Invariant($"rediss://{host}:{_port}"),
            namesAuthority ? [("REDIS_TLS_CA_FILE", _files.Authority)] : []);

        await worker.UntilLoggedAsync("redis_unreachable");
        await worker.UntilAsync(async () => await worker.ReadinessAsync() == 503, "not ready");
    }

    private string Url(string parameters = "") => FormattableString.Invariant($"rediss://127.0.0.1:{_port}/0{parameters}");

    private ServiceProcess Start(string url, params (string Name, string Value)[] more) =>
        ServiceProcess.Worker(WorkerSettings.On(_queue, url, more: more));
}
