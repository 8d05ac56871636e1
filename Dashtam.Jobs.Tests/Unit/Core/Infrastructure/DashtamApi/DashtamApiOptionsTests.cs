using Dashtam.Jobs.Core.Infrastructure.DashtamApi;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.DashtamApi;

[Category("Unit")]
internal sealed class DashtamApiOptionsTests
{
    [Test]
    public void Url_and_key_may_be_missing()
    {
        var options = Read();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Url, Is.Null);
            Assert.That(options.SecretKey, Is.Null);
            Assert.That(options.SyncConcurrency, Is.EqualTo(4));
        }
    }

    [TestCase("DASHTAM_API_URL", "api.example.test")]
    [TestCase("DASHTAM_API_URL", "ftp://api.example.test")]
    [TestCase("DASHTAM_API_URL", "https://bob:hunter2-hunter2@api.example.test")]
    [TestCase("DASHTAM_API_SECRET_KEY", "hunter2-hunter2")]
    [TestCase("SYNC_ACCOUNTS_CONCURRENCY", "0")]
    [TestCase("SYNC_ACCOUNTS_CONCURRENCY", "65")]
    public void A_bad_setting_stops_the_start_without_showing_a_secret(string name, string value)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read((name, value)));

        Assert.That(error.Failures.Single(), Does.Contain(name).And.Not.Contain("hunter2"));
    }

    private static DashtamApiOptions Read(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
            .Build();
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddDashtamApi()
            .BuildServiceProvider();
        return services.GetRequiredService<IOptions<DashtamApiOptions>>().Value;
    }
}
