using System.Data.Common;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.Database;

[Category("Unit")]
internal sealed class DatabaseServicesTests
{
    private static readonly LocalMode Deployed = new(EmbedsRedis: false, EmbedsDatabase: false, RedisPort: 6381);
    private static readonly LocalMode Local = new(EmbedsRedis: true, EmbedsDatabase: true, RedisPort: 7777);

    [TestCase("")]
    [TestCase("nonsense://")]
    public void A_missing_or_bad_setting_stops_the_start(string url)
    {
        using var services = Services(Deployed, ("DATABASE_URL", url));

        var error = Assert.Throws<OptionsValidationException>(services.GetRequiredService<IStartupValidator>().Validate);

        Assert.That(error.Failures.Single(), Does.StartWith("DATABASE_URL: "));
    }

    [Test]
    public void A_program_of_an_image_has_no_sample_database_and_says_which_setting_it_needs()
    {
        var validator = new DatabaseOptionsValidator(Local) { Folder = Path.GetTempPath() };

        var result = validator.Validate(name: null, new DatabaseOptions());

        Assert.That(result.Failures!.Single(), Does.StartWith("DATABASE_URL: is required"));
    }

    [TestCase("0")]
    [TestCase("101")]
    public void A_pool_has_1_to_100_connections(string size)
    {
        using var services = Services(Local, ("DATABASE_POOL_SIZE", size));

        Assert.That(
            () => services.GetRequiredService<IOptions<DatabaseOptions>>().Value, Throws.TypeOf<OptionsValidationException>());
    }

    [Test]
    public async Task A_deployment_reads_postgresql()
    {
        await using var services = Services(
            Deployed, ("DATABASE_URL", "postgresql://u:hunter2@h/d"), ("DATABASE_POOL_SIZE", "3"));

        var source = services.GetRequiredService<DbDataSource>();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(source, Is.InstanceOf<NpgsqlDataSource>());
            Assert.That(source.ConnectionString, Does.Contain("Maximum Pool Size=3").And.Not.Contain("hunter2"));
            Assert.That(services.GetRequiredService<SqlDialect>(), Is.SameAs(SqlDialect.PostgreSql));
            Assert.That(services.GetRequiredService<IProviderConnections>(), Is.Not.Null);
            Assert.That(services.GetRequiredService<IOwnedConnections>(), Is.Not.Null);
            Assert.That(services.GetRequiredService<ISessions>(), Is.Not.Null);
        }
    }

    [Test]
    public async Task A_local_run_reads_the_sample_file()
    {
        await using var services = Services(Local);

        services.GetRequiredService<IStartupValidator>().Validate();

        Assert.That(services.GetRequiredService<DbDataSource>().ConnectionString, Does.Contain(Local.DatabasePath));
    }

    private static ServiceProvider Services(LocalMode local, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
            .Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(local)
            .AddDatabase()
            .BuildServiceProvider();
    }
}
