using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using static System.FormattableString;

namespace Dashtam.Jobs.Tests.Unit.Core.Hosting;

[Category("Unit")]
internal sealed class HttpPortTests
{
    [Test]
    public void A_taken_port_is_named_with_its_setting()
    {
        using var other = Occupy();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        using var loopback = Choose(taken);
        using var everywhere = Choose(taken, bind: "*");

        var said = Invariant($"JOBS_HTTP_PORT: port {taken} is taken");
        Assert.That(() => loopback.Listen(), Throws.TypeOf<InvalidSettingException>().With.Message.StartsWith(said));
        Assert.That(() => everywhere.Listen(), Throws.TypeOf<InvalidSettingException>().With.Message.StartsWith(said));
    }

    [TestCase("192.0.2.1")] // of a network for documents
    [TestCase("2001:db8::1")]
    public void An_address_of_another_machine_is_named_with_its_setting(string bind)
    {
        using var port = Choose(8080, bind);

        Assert.That(
            () => port.Listen(), Throws.TypeOf<InvalidSettingException>().With.Message.StartsWith($"JOBS_HTTP_BIND: {bind} is no address"));
    }

    [TestCase("8080")]
    [TestCase("127.1")]
    [TestCase("localhost")]
    [TestCase("256.0.0.1")]
    [TestCase(" ")]
    [TestCase("127.0.0.1 ")]
    [TestCase("http://127.0.0.1")]
    public void What_is_no_address_is_refused(string bind) =>
        Assert.That(() => Choose(8080, bind), Throws.TypeOf<OptionsValidationException>().With.Message.Contains("JOBS_HTTP_BIND"));

    [Test]
    public void It_listens_on_loopback_alone_unless_told_otherwise()
    {
        using var port = Choose(FreePort());

        Assert.That(((IPEndPoint)port.Listen().LocalEndPoint!).Address, Is.EqualTo(IPAddress.Loopback));
    }

    [TestCase("*")]
    [TestCase("0.0.0.0")]
    [TestCase("::")]
    public async Task Everywhere_includes_loopback(string bind)
    {
        using var port = Choose(FreePort(), bind);
        port.Listen();

        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(IPAddress.Loopback, port.Actual);

        Assert.That(client.Connected, Is.True);
    }

    [Test]
    public void In_a_local_run_a_free_port_takes_the_place_of_one_that_is_taken()
    {
        using var other = Occupy();
        using var port = Choose(((IPEndPoint)other.LocalEndpoint).Port, mayFallOver: true);

        Assert.That(port.Actual, Is.Not.EqualTo(port.Wanted).And.GreaterThan(0));
        Assert.That(((IPEndPoint)port.Listen().LocalEndPoint!).Port, Is.EqualTo(port.Actual));
    }

    private static TcpListener Occupy()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int FreePort()
    {
        using var listener = Occupy();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static HttpPort Choose(int port, string? bind = null, bool mayFallOver = false) => HttpPort.Choose(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["JOBS_HTTP_PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["JOBS_HTTP_BIND"] = bind,
        }).Build(),
        defaultPort: 8080,
        mayFallOver);
}
