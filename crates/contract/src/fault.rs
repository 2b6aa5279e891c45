//! The table of the mall's faults: code raises the name, tests compare it, the web switches on it.
//! The kit's own (malformed, not found, too many …) stand in `kit::fault`.

pub use kit::fault::*;

mod table {
    kit::faults! {
        SMS_TOO_SOON "sms_too_soon" = 429, "验证码发送太频繁，请稍后再试", "A code was sent just now; wait a minute";
        SMS_DAY_LIMIT "sms_day_limit" = 429, "今天获取验证码次数已达上限", "No more codes for this phone today";
        SMS_NOT_SENT "sms_not_sent" = 503, "短信发送失败，请稍后再试", "The text message could not be sent";
        CODE_WRONG "code_wrong" = 422, "验证码错误或已失效", "The code is wrong or has expired";
        CREDENTIALS_WRONG "credentials_wrong" = 401, "账号或密码错误", "Wrong account or password";
        LOGIN_LOCKED "login_locked" = 429, "尝试次数过多，请明天再试或使用短信登录", "Too many attempts; try tomorrow or sign in by SMS";
        ACCOUNT_DISABLED "account_disabled" = 403, "账号已被禁用", "The account is disabled";
        USERNAME_TAKEN "username_taken" = 409, "用户名已被使用", "The user name is taken";
        PHONE_TAKEN "phone_taken" = 409, "该手机号已注册", "The phone is registered already";
        PASSWORD_WEAK "password_weak" = 422, "密码过于简单", "The password is too easy to guess";
        REAUTH_REQUIRED "reauth_required" = 403, "请先验证身份", "Confirm who you are first";
        ADDRESS_LIMIT "address_limit" = 409, "收货地址数量已达上限", "No more addresses can be kept";
        CATEGORY_IN_USE "category_in_use" = 409, "分类下还有子分类或商品", "The category still has children or products";
        NAME_TAKEN "name_taken" = 409, "名称已存在", "The name exists already";
        VERSION_CHANGED "version_changed" = 412, "内容已被他人修改，请刷新后重试", "Somebody else changed it meanwhile";
        IF_MATCH_REQUIRED "if_match_required" = 428, "缺少 If-Match，请刷新后重试", "If-Match with the version is required";
        CART_FULL "cart_full" = 409, "购物车已满，请先清理", "The cart is full";
        OFF_SHELF "off_shelf" = 409, "商品已下架", "The product is off the shelf";
        OUT_OF_STOCK "out_of_stock" = 409, "库存不足", "Out of stock";
        CART_EMPTY "cart_empty" = 409, "没有选中可结算的商品", "Nothing is selected";
        PRICE_CHANGED "price_changed" = 409, "价格有变化，请确认后重新提交", "The price has changed";
        TOO_MANY_UNPAID "too_many_unpaid" = 409, "待付款订单过多，请先付款或取消", "Too many unpaid orders";
        ORDER_STATE "order_state" = 409, "订单当前状态不支持此操作", "The order's state does not allow this";
        PLACING_EXPIRED "placing_expired" = 409, "下单超时，请重新提交", "Placing the order took too long";
        ALREADY_PAID "already_paid" = 409, "订单已支付", "The order is paid already";
        CHANNEL_UNKNOWN "channel_unknown" = 422, "不支持的支付方式", "Unknown payment channel";
        CHANNEL_FAILED "channel_failed" = 503, "支付渠道暂时不可用，请稍后再试", "The payment channel does not answer";
        BAD_SIGNATURE "bad_signature" = 401, "签名无效", "The signature is not valid";
        REFUND_EXCEEDS "refund_exceeds" = 409, "退款金额超过可退金额", "The refund exceeds what was paid";
        AMOUNT_OVERFLOW "amount_overflow" = 422, "金额超出范围", "The amount is out of range";
        CAPTCHA_REQUIRED "captcha_required" = 403, "请先输入图形验证码", "Type the characters of the picture first";
        CAPTCHA_WRONG "captcha_wrong" = 422, "图形验证码错误或已失效", "The characters of the picture are wrong or have expired";
        UPLOAD_REFUSED "upload_refused" = 422, "图片无法识别、格式不支持或过大", "Not a picture of a kind and size that is accepted";
        UPLOAD_UNKNOWN "upload_unknown" = 422, "图片不存在或已失效，请重新上传", "The picture is not there (any more); upload it again";
        UPLOAD_LIMIT "upload_limit" = 429, "今天上传的图片过多，请明天再试", "Too many pictures today";
        REVIEW_CLOSED "review_closed" = 409, "该商品当前不能评价", "This item cannot be reviewed";
        REVIEW_EXISTS "review_exists" = 409, "已经评价过了", "It is reviewed already";
        FAVOURITES_FULL "favourites_full" = 409, "收藏已满，请先清理", "No more favourites can be kept";
        SECKILL_NOT_OPEN "seckill_not_open" = 409, "秒杀还没有开始或已经结束", "The sale has not begun, or is over";
        SECKILL_SOLD_OUT "seckill_sold_out" = 409, "已抢光，下次早点来", "All gone";
        SECKILL_LIMITED "seckill_limited" = 409, "已达到限购数量", "You have as many as you may have";
        SECKILL_BARRED "seckill_barred" = 403, "多次取消，不能再参加本场秒杀", "Too many cancelled orders in this sale";
        SECKILL_BUSY "seckill_busy" = 503, "人太多了，请稍后再试", "Too many at once; try again";
        PASS_EXPIRED "pass_expired" = 409, "验证已过期，请重新验证", "The pass has expired; get a new one";
        ACTIVITY_STATE "activity_state" = 409, "活动当前状态不支持此操作", "The activity's state does not allow this";
        SKU_BUSY "sku_busy" = 409, "该商品已在另一场秒杀中", "The variant is in another sale";
        INDEX_BUILDING "index_building" = 409, "索引正在重建", "The index is being rebuilt already";
    }
}

pub use table::{
    ACCOUNT_DISABLED, ACTIVITY_STATE, ADDRESS_LIMIT, ALREADY_PAID, AMOUNT_OVERFLOW, BAD_SIGNATURE, CAPTCHA_REQUIRED,
    CAPTCHA_WRONG, CART_EMPTY, CART_FULL, CATEGORY_IN_USE, CHANNEL_FAILED, CHANNEL_UNKNOWN, CODE_WRONG, CREDENTIALS_WRONG,
    FAVOURITES_FULL, IF_MATCH_REQUIRED, INDEX_BUILDING, LOGIN_LOCKED, NAME_TAKEN, OFF_SHELF, ORDER_STATE, OUT_OF_STOCK,
    PASS_EXPIRED, PASSWORD_WEAK, PHONE_TAKEN, PLACING_EXPIRED, PRICE_CHANGED, REAUTH_REQUIRED, REFUND_EXCEEDS, REVIEW_CLOSED,
    REVIEW_EXISTS, SECKILL_BARRED, SECKILL_BUSY, SECKILL_LIMITED, SECKILL_NOT_OPEN, SECKILL_SOLD_OUT, SKU_BUSY, SMS_DAY_LIMIT,
    SMS_NOT_SENT, SMS_TOO_SOON, TOO_MANY_UNPAID, UPLOAD_LIMIT, UPLOAD_REFUSED, UPLOAD_UNKNOWN, USERNAME_TAKEN, VERSION_CHANGED,
};

/// Every fault that the mall can answer with.
pub fn all() -> impl Iterator<Item = &'static kit::Fault> {
    kit::fault::ALL.iter().chain(table::ALL)
}
