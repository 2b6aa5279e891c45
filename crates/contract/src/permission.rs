//! What operators may do, one permission per operation, declared here and nowhere else.

/// Declares permissions: `Type "noun.verb" "中文" "English";`, and the list of all.
macro_rules! permissions {
    ($($name:ident $code:literal $zh:literal $en:literal;)*) => {
        $(
            #[doc = concat!("`", $code, "`: ", $en)]
            pub struct $name;
            impl kit::http::Permission for $name { const NAME: &'static str = $code; }
        )*
        /// Every permission: code, Chinese name, English name.
        pub const ALL: &[(&str, &str, &str)] = &[$(($code, $zh, $en)),*];
    };
}

permissions! {
    OrderRead "order.read" "查看订单" "see orders";
    OrderShip "order.ship" "订单发货" "ship orders";
    OrderCancel "order.cancel" "取消订单" "cancel orders";
    PaymentRead "payment.read" "查看支付单" "see payments";
    RefundSettle "refund.settle" "人工确认退款" "settle a refund by hand";
    ProductWrite "product.write" "发布商品" "publish products";
    ProductShelf "product.shelf" "商品上下架" "put products on and off the shelf";
    CategoryWrite "category.write" "维护分类" "edit categories";
    BrandWrite "brand.write" "维护品牌" "edit brands";
    FrontCategoryWrite "front_category.write" "维护前台分类" "edit front categories";
    HomeWrite "home.write" "编排首页" "compose the home page";
    ReviewModerate "review.moderate" "审核评价" "moderate reviews";
    StockRead "stock.read" "查看库存" "see stock";
    StockAdjust "stock.adjust" "调整库存" "adjust stock";
    SearchRebuild "search.rebuild" "重建搜索索引" "rebuild the search index";
    SeckillWrite "seckill.write" "编排秒杀" "plan flash sales";
    SeckillReview "seckill.review" "审核秒杀" "review flash sales";
    SeckillRun "seckill.run" "暂停、终止秒杀" "pause and stop flash sales";
    SeckillRead "seckill.read" "查看秒杀" "see flash sales";
    UserRead "user.read" "查看用户" "see users";
    UserDisable "user.disable" "禁用用户" "disable users";
    OperatorWrite "operator.write" "管理运营账号" "manage operators";
}
